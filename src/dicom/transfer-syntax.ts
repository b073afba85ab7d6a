/** The transfer syntaxes of PS3.6 Table A-1, retired ones included, by keyword. */
export const TransferSyntax = {
  ImplicitVRLittleEndian: "1.2.840.10008.1.2",
  ExplicitVRLittleEndian: "1.2.840.10008.1.2.1",
  EncapsulatedUncompressedExplicitVRLittleEndian: "1.2.840.10008.1.2.1.98",
  DeflatedExplicitVRLittleEndian: "1.2.840.10008.1.2.1.99",
  ExplicitVRBigEndian: "1.2.840.10008.1.2.2",
  JPEGBaseline8Bit: "1.2.840.10008.1.2.4.50",
  JPEGExtended12Bit: "1.2.840.10008.1.2.4.51",
  JPEGExtended35: "1.2.840.10008.1.2.4.52",
  JPEGSpectralSelectionNonHierarchical68: "1.2.840.10008.1.2.4.53",
  JPEGSpectralSelectionNonHierarchical79: "1.2.840.10008.1.2.4.54",
  JPEGFullProgressionNonHierarchical1012: "1.2.840.10008.1.2.4.55",
  JPEGFullProgressionNonHierarchical1113: "1.2.840.10008.1.2.4.56",
  JPEGLossless: "1.2.840.10008.1.2.4.57",
  JPEGLosslessNonHierarchical15: "1.2.840.10008.1.2.4.58",
  JPEGExtendedHierarchical1618: "1.2.840.10008.1.2.4.59",
  JPEGExtendedHierarchical1719: "1.2.840.10008.1.2.4.60",
  JPEGSpectralSelectionHierarchical2022: "1.2.840.10008.1.2.4.61",
  JPEGSpectralSelectionHierarchical2123: "1.2.840.10008.1.2.4.62",
  JPEGFullProgressionHierarchical2426: "1.2.840.10008.1.2.4.63",
  JPEGFullProgressionHierarchical2527: "1.2.840.10008.1.2.4.64",
  JPEGLosslessHierarchical28: "1.2.840.10008.1.2.4.65",
  JPEGLosslessHierarchical29: "1.2.840.10008.1.2.4.66",
  JPEGLosslessSV1: "1.2.840.10008.1.2.4.70",
  JPEGLSLossless: "1.2.840.10008.1.2.4.80",
  JPEGLSNearLossless: "1.2.840.10008.1.2.4.81",
  JPEG2000Lossless: "1.2.840.10008.1.2.4.90",
  JPEG2000: "1.2.840.10008.1.2.4.91",
  JPEG2000MCLossless: "1.2.840.10008.1.2.4.92",
  JPEG2000MC: "1.2.840.10008.1.2.4.93",
  JPIPReferenced: "1.2.840.10008.1.2.4.94",
  JPIPReferencedDeflate: "1.2.840.10008.1.2.4.95",
  MPEG2MPML: "1.2.840.10008.1.2.4.100",
  MPEG2MPMLF: "1.2.840.10008.1.2.4.100.1",
  MPEG2MPHL: "1.2.840.10008.1.2.4.101",
  MPEG2MPHLF: "1.2.840.10008.1.2.4.101.1",
  MPEG4HP41: "1.2.840.10008.1.2.4.102",
  MPEG4HP41F: "1.2.840.10008.1.2.4.102.1",
  MPEG4HP41BD: "1.2.840.10008.1.2.4.103",
  MPEG4HP41BDF: "1.2.840.10008.1.2.4.103.1",
  MPEG4HP422D: "1.2.840.10008.1.2.4.104",
  MPEG4HP422DF: "1.2.840.10008.1.2.4.104.1",
  MPEG4HP423D: "1.2.840.10008.1.2.4.105",
  MPEG4HP423DF: "1.2.840.10008.1.2.4.105.1",
  MPEG4HP42STEREO: "1.2.840.10008.1.2.4.106",
  MPEG4HP42STEREOF: "1.2.840.10008.1.2.4.106.1",
  HEVCMP51: "1.2.840.10008.1.2.4.107",
  HEVCM10P51: "1.2.840.10008.1.2.4.108",
  JPEGXLLossless: "1.2.840.10008.1.2.4.110",
  JPEGXLJPEGRecompression: "1.2.840.10008.1.2.4.111",
  JPEGXL: "1.2.840.10008.1.2.4.112",
  HTJ2KLossless: "1.2.840.10008.1.2.4.201",
  HTJ2KLosslessRPCL: "1.2.840.10008.1.2.4.202",
  HTJ2K: "1.2.840.10008.1.2.4.203",
  JPIPHTJ2KReferenced: "1.2.840.10008.1.2.4.204",
  JPIPHTJ2KReferencedDeflate: "1.2.840.10008.1.2.4.205",
  RLELossless: "1.2.840.10008.1.2.5",
  RFC2557MIMEEncapsulation: "1.2.840.10008.1.2.6.1",
  XMLEncoding: "1.2.840.10008.1.2.6.2",
  SMPTEST211020UncompressedProgressiveActiveVideo: "1.2.840.10008.1.2.7.1",
  SMPTEST211020UncompressedInterlacedActiveVideo: "1.2.840.10008.1.2.7.2",
  SMPTEST211030PCMDigitalAudio: "1.2.840.10008.1.2.7.3",
  DeflatedImageFrameCompression: "1.2.840.10008.1.2.8.1",
  Papyrus3ImplicitVRLittleEndian: "1.2.840.10008.1.20",
} as const;

export type TransferSyntaxKeyword = keyof typeof TransferSyntax;

/** How a data set in a transfer syntax is encoded (PS3.5 Annex A). */
export interface TransferSyntaxInfo {
  readonly keyword: TransferSyntaxKeyword;
  readonly name: string;
  readonly explicit: boolean;
  readonly bigEndian: boolean;
  /** The whole data set after the file meta information is deflated. */
  readonly deflated: boolean;
  /** Pixel Data at the top level is in fragments. */
  readonly encapsulated: boolean;
  readonly video: boolean;
  /** Pixels may have lost information: true for syntaxes that allow both. */
  readonly lossy: boolean;
  readonly retired: boolean;
}

const jpegProcess = (what: string, processes: string): string => `JPEG ${what} (Process ${processes})`;

/** Names; and flags: i implicit, b big endian, z deflated, n native pixel data, v video, l lossy, r retired. */
const SYNTAXES: Record<TransferSyntaxKeyword, readonly [name: string, flags: string]> = {
  ImplicitVRLittleEndian: ["Implicit VR Little Endian", "in"],
  ExplicitVRLittleEndian: ["Explicit VR Little Endian", "n"],
  EncapsulatedUncompressedExplicitVRLittleEndian: ["Encapsulated Uncompressed Explicit VR Little Endian", ""],
  DeflatedExplicitVRLittleEndian: ["Deflated Explicit VR Little Endian", "zn"],
  ExplicitVRBigEndian: ["Explicit VR Big Endian", "bnr"],
  JPEGBaseline8Bit: [jpegProcess("Baseline", "1"), "l"],
  JPEGExtended12Bit: [jpegProcess("Extended", "2 and 4"), "l"],
  JPEGExtended35: [jpegProcess("Extended", "3 and 5"), "lr"],
  JPEGSpectralSelectionNonHierarchical68: [
    jpegProcess("Spectral Selection, Non-Hierarchical", "6 and 8"),
    "lr",
  ],
  JPEGSpectralSelectionNonHierarchical79: [
    jpegProcess("Spectral Selection, Non-Hierarchical", "7 and 9"),
    "lr",
  ],
  JPEGFullProgressionNonHierarchical1012: [
    jpegProcess("Full Progression, Non-Hierarchical", "10 and 12"),
    "lr",
  ],
  JPEGFullProgressionNonHierarchical1113: [
    jpegProcess("Full Progression, Non-Hierarchical", "11 and 13"),
    "lr",
  ],
  JPEGLossless: [jpegProcess("Lossless, Non-Hierarchical", "14"), ""],
  JPEGLosslessNonHierarchical15: [jpegProcess("Lossless, Non-Hierarchical", "15"), "r"],
  JPEGExtendedHierarchical1618: [jpegProcess("Extended, Hierarchical", "16 and 18"), "lr"],
  JPEGExtendedHierarchical1719: [jpegProcess("Extended, Hierarchical", "17 and 19"), "lr"],
  JPEGSpectralSelectionHierarchical2022: [jpegProcess("Spectral Selection, Hierarchical", "20 and 22"), "lr"],
  JPEGSpectralSelectionHierarchical2123: [jpegProcess("Spectral Selection, Hierarchical", "21 and 23"), "lr"],
  JPEGFullProgressionHierarchical2426: [jpegProcess("Full Progression, Hierarchical", "24 and 26"), "lr"],
  JPEGFullProgressionHierarchical2527: [jpegProcess("Full Progression, Hierarchical", "25 and 27"), "lr"],
  JPEGLosslessHierarchical28: [jpegProcess("Lossless, Hierarchical", "28"), "r"],
  JPEGLosslessHierarchical29: [jpegProcess("Lossless, Hierarchical", "29"), "r"],
  JPEGLosslessSV1: [
    jpegProcess("Lossless, Non-Hierarchical, First-Order Prediction", "14 [Selection Value 1]"),
    "",
  ],
  JPEGLSLossless: ["JPEG-LS Lossless Image Compression", ""],
  JPEGLSNearLossless: ["JPEG-LS Lossy (Near-Lossless) Image Compression", "l"],
  JPEG2000Lossless: ["JPEG 2000 Image Compression (Lossless Only)", ""],
  JPEG2000: ["JPEG 2000 Image Compression", "l"],
  JPEG2000MCLossless: ["JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)", ""],
  JPEG2000MC: ["JPEG 2000 Part 2 Multi-component Image Compression", "l"],
  JPIPReferenced: ["JPIP Referenced", "nl"],
  JPIPReferencedDeflate: ["JPIP Referenced Deflate", "znl"],
  MPEG2MPML: ["MPEG2 Main Profile / Main Level", "vl"],
  MPEG2MPMLF: ["Fragmentable MPEG2 Main Profile / Main Level", "vl"],
  MPEG2MPHL: ["MPEG2 Main Profile / High Level", "vl"],
  MPEG2MPHLF: ["Fragmentable MPEG2 Main Profile / High Level", "vl"],
  MPEG4HP41: ["MPEG-4 AVC/H.264 High Profile / Level 4.1", "vl"],
  MPEG4HP41F: ["Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1", "vl"],
  MPEG4HP41BD: ["MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", "vl"],
  MPEG4HP41BDF: ["Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", "vl"],
  MPEG4HP422D: ["MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", "vl"],
  MPEG4HP422DF: ["Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", "vl"],
  MPEG4HP423D: ["MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", "vl"],
  MPEG4HP423DF: ["Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", "vl"],
  MPEG4HP42STEREO: ["MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", "vl"],
  MPEG4HP42STEREOF: ["Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", "vl"],
  HEVCMP51: ["HEVC/H.265 Main Profile / Level 5.1", "vl"],
  HEVCM10P51: ["HEVC/H.265 Main 10 Profile / Level 5.1", "vl"],
  JPEGXLLossless: ["JPEG XL Lossless", ""],
  JPEGXLJPEGRecompression: ["JPEG XL JPEG Recompression", "l"],
  JPEGXL: ["JPEG XL", "l"],
  HTJ2KLossless: ["High-Throughput JPEG 2000 Image Compression (Lossless Only)", ""],
  HTJ2KLosslessRPCL: ["High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)", ""],
  HTJ2K: ["High-Throughput JPEG 2000 Image Compression", "l"],
  JPIPHTJ2KReferenced: ["JPIP HTJ2K Referenced", "nl"],
  JPIPHTJ2KReferencedDeflate: ["JPIP HTJ2K Referenced Deflate", "znl"],
  RLELossless: ["RLE Lossless", ""],
  RFC2557MIMEEncapsulation: ["RFC 2557 MIME encapsulation", "nr"],
  XMLEncoding: ["XML Encoding", "nr"],
  SMPTEST211020UncompressedProgressiveActiveVideo: [
    "SMPTE ST 2110-20 Uncompressed Progressive Active Video",
    "vn",
  ],
  SMPTEST211020UncompressedInterlacedActiveVideo: [
    "SMPTE ST 2110-20 Uncompressed Interlaced Active Video",
    "vn",
  ],
  SMPTEST211030PCMDigitalAudio: ["SMPTE ST 2110-30 PCM Digital Audio", "n"],
  DeflatedImageFrameCompression: ["Deflated Image Frame Compression", ""],
  Papyrus3ImplicitVRLittleEndian: ["Papyrus 3 Implicit VR Little Endian", "inr"],
};

const SYNTAX_BY_UID = new Map<string, TransferSyntaxInfo>(
  (Object.keys(TransferSyntax) as TransferSyntaxKeyword[]).map((keyword) => {
    const [name, flags] = SYNTAXES[keyword];
    const has = (flag: string) => flags.includes(flag);
    const info = {
      keyword,
      name,
      explicit: !has("i"),
      bigEndian: has("b"),
      deflated: has("z"),
      encapsulated: !has("n"),
      video: has("v"),
      lossy: has("l"),
      retired: has("r"),
    };
    return [TransferSyntax[keyword], info];
  }),
);

/** How a transfer syntax encodes; undefined for private and unknown ones, which nobody should guess at. */
export function transferSyntaxInfo(uid: string): TransferSyntaxInfo | undefined {
  return SYNTAX_BY_UID.get(uid);
}
