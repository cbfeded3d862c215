/** Elements of the page: found, and made. Whatever others said goes in as text only. */

/** @param {string} id */
export const element = (id) => document.getElementById(id);

/** @param {string} tag @param {string} className @param {...(Node | string)} children strings become text */
export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Text of a person's: it runs in the direction of its own script. @param {...(Node | string)} children */
export function makeWords(tag, className, ...children) {
  const node = make(tag, className, ...children);
  node.dir = 'auto';
  return node;
}

/** Let an element be as another one is: what is the same in both stays. @param {Element} old @param {Element} node */
export function become(old, node) {
  for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of node.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const before = [...old.childNodes];
  const after = [...node.childNodes];
  for (const [place, child] of after.entries()) {
    const one = before[place];
    if (!one) old.append(child);
    else if (one.nodeName === child.nodeName && child instanceof Element) become(one, child);
    else if (!one.isEqualNode(child)) one.replaceWith(child);
  }
  for (const one of before.slice(after.length)) one.remove();
}

/** @param {string} label @param {string} deed for `data-deed` @param {...(Node | string)} children what is shown of it */
export function makeButton(label, deed, ...children) {
  const button = make('button', '', ...(children.length ? children : [label]));
  button.type = 'button';
  button.dataset.deed = deed;
  if (children.length) button.setAttribute('aria-label', label);
  return button;
}
