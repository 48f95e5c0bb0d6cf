// A record inside a PDF file: the one file that is attached to it, not compressed.

import { INVALID, finding } from "./verdict.mjs";

const isWord = (c) => /[A-Za-z0-9]/.test(c ?? "");

export const isPdf = (bytes) => bytes.length > 4 && String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";

/** The bytes of the one file attached to a PDF. Throws a finding. */
export function attached(bytes) {
  // One character for each byte, so that places are the same.
  const pdf = new TextDecoder("latin1").decode(bytes);
  const places = [];
  for (let at = pdf.indexOf("/EmbeddedFile"); at >= 0; at = pdf.indexOf("/EmbeddedFile", at + 1)) {
    if (!isWord(pdf[at + "/EmbeddedFile".length])) places.push(at);
  }
  if (places.length === 0) throw finding(INVALID, "PDF 中没有附带核验记录", "no record is attached to the PDF file");
  if (places.length > 1) {
    throw finding(
      INVALID,
      "PDF 附带了多个文件，无法确定核验哪一个",
      "several files are attached to the PDF file: which is meant cannot be told",
    );
  }
  const found = stream(pdf, bytes, places[0]);
  if (found) return found;
  throw finding(
    INVALID,
    "PDF 附件的存储方式已改变：请用 PDF 软件取出附件后核验",
    "the attachment was stored anew: take it out with a PDF program, and verify that",
  );
}

function stream(pdf, bytes, at) {
  const begin = pdf.lastIndexOf(" obj", at - 4);
  const end = pdf.indexOf("stream", at);
  if (begin < 0 || end < 0) return null;
  const dictionary = pdf.slice(begin, end);
  const lengths = dictionary.split("/Length").slice(1);
  const length = /^\s*(\d{1,10})(?!\d)/.exec(lengths[0] ?? "");
  if (dictionary.includes("/Filter") || dictionary.includes("endobj") || lengths.length !== 1 || !length) return null;
  const start = /^\r?\n/.exec(pdf.slice(end + 6, end + 8));
  if (!start) return null;
  const from = end + 6 + start[0].length;
  const to = from + Number(length[1]);
  return /^\r?\n?endstream/.test(pdf.slice(to, to + 12)) ? bytes.subarray(from, to) : null;
}
