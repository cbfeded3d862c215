// What the guests' page takes from others: only this is bundled into lanchat/guest_page/vendor.js.
export { ed25519, x25519 } from '@noble/curves/ed25519.js';
export { chacha20poly1305 } from '@noble/ciphers/chacha.js';
export { hkdf } from '@noble/hashes/hkdf.js';
export { sha256 } from '@noble/hashes/sha2.js';
export { decode, encode } from '@msgpack/msgpack';
