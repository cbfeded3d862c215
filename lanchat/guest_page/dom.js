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

/** @param {string} label @param {string} deed for `data-deed` @param {...(Node | string)} children what is shown of it */
export function makeButton(label, deed, ...children) {
  const button = make('button', '', ...(children.length ? children : [label]));
  button.type = 'button';
  button.dataset.deed = deed;
  if (children.length) button.setAttribute('aria-label', label);
  return button;
}
