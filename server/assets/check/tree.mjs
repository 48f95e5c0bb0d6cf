// The Merkle tree of RFC 6962: whether a leaf is in it, and whether it grew out of a smaller one.

import { isSame, join, sha256, utf8 } from "./bytes.mjs";

const PROOF_MAX = 64;

export const ofLeaf = (leaf) => sha256(join(Uint8Array.of(0), leaf));
const ofNodes = (left, right) => sha256(join(Uint8Array.of(1), left, right));
export const ofNothing = () => sha256(new Uint8Array());

/** The chain of a stream, led on by the hash of its next leaf. */
export const chain = (before, leaf) => sha256(join(utf8("baodao/chain/v1\n"), before, leaf));

/** Whether the leaf with this hash is in the tree, at this index. */
export async function isIncluded(leaf, index, size, proof, root) {
  if (index >= size || proof.length > PROOF_MAX) return false;
  let [at, last, hash] = [index, size - 1n, leaf];
  for (const sibling of proof) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      hash = await ofNodes(sibling, hash);
      while ((at & 1n) === 0n) {
        at >>= 1n;
        last >>= 1n;
        if (at === 0n) break;
      }
    } else {
      hash = await ofNodes(hash, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && isSame(hash, root);
}

/** Whether the tree with the second root grew out of the one with the first. */
export async function isConsistent(old, size, oldRoot, newRoot, proof) {
  if (old > size || proof.length > PROOF_MAX) return false;
  if (old === size) {
    return proof.length === 0 && isSame(oldRoot, newRoot) && (old > 0n || isSame(oldRoot, await ofNothing()));
  }
  if (old === 0n) return proof.length === 0 && isSame(oldRoot, await ofNothing());
  let [at, last] = [old - 1n, size - 1n];
  while ((at & 1n) === 1n) {
    at >>= 1n;
    last >>= 1n;
  }
  // A whole old tree is its own first hash.
  const rest = [...proof];
  const first = at === 0n ? oldRoot : (rest.shift() ?? new Uint8Array(32));
  let [ofOld, ofNew] = [first, first];
  for (const hash of rest) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      ofOld = await ofNodes(hash, ofOld);
      ofNew = await ofNodes(hash, ofNew);
      while ((at & 1n) === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      ofNew = await ofNodes(ofNew, hash);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && isSame(ofOld, oldRoot) && isSame(ofNew, newRoot);
}
