/** SOP classes of stored objects: `1.2.840.10008…|name|IOD` a line, the common root cut off. */

interface Sop {
  readonly id: string;
  readonly name: string;
  readonly ciod: string;
}

/** Root of every UID that DICOM registers (PS3.5 9.1, PS3.6 A). */
const ROOT = "1.2.840.10008.";

/**
 * Storage classes that the source lacks: retired ones, which archives still hold, and newer ones. The IOD is the
 * one whose modules they share, empty where none is.
 */
const SUPPLEMENT = `
5.1.4.1.1.3|Ultrasound Multi-frame Image Storage (Retired)|Ultrasound Multi-frame Image
5.1.4.1.1.5|Nuclear Medicine Image Storage (Retired)|Nuclear Medicine Image
5.1.4.1.1.6|Ultrasound Image Storage (Retired)|Ultrasound Image
5.1.4.1.1.8|Standalone Overlay Storage|
5.1.4.1.1.9|Standalone Curve Storage|
5.1.4.1.1.9.1|Waveform Storage - Trial|
5.1.4.1.1.10|Standalone Modality LUT Storage|
5.1.4.1.1.11|Standalone VOI LUT Storage|
5.1.4.1.1.12.3|X-Ray Angiographic Bi-Plane Image Storage|
5.1.4.1.1.66.7|Label Map Segmentation Storage|Segmentation
5.1.4.1.1.66.8|Height Map Segmentation Storage|
5.1.4.1.1.77.1|VL Image Storage - Trial|
5.1.4.1.1.77.2|VL Multi-frame Image Storage - Trial|
5.1.4.1.1.88.1|Text SR Storage - Trial|
5.1.4.1.1.88.2|Audio SR Storage - Trial|
5.1.4.1.1.88.3|Detail SR Storage - Trial|
5.1.4.1.1.88.4|Comprehensive SR Storage - Trial|
5.1.4.1.1.88.77|Waveform Annotation SR Storage|
5.1.4.1.1.129|Standalone PET Curve Storage|
5.1.4.1.1.501.1|DICOS CT Image Storage|
5.1.4.1.1.501.2.1|DICOS Digital X-Ray Image Storage - For Presentation|
5.1.4.1.1.501.2.2|DICOS Digital X-Ray Image Storage - For Processing|
5.1.4.1.1.501.3|DICOS Threat Detection Report Storage|
5.1.4.1.1.501.4|DICOS 2D AIT Storage|
5.1.4.1.1.501.5|DICOS 3D AIT Storage|
5.1.4.1.1.501.6|DICOS Quadrupole Resonance (QR) Storage|
5.1.4.1.1.601.1|Eddy Current Image Storage|
5.1.4.1.1.601.2|Eddy Current Multi-frame Image Storage|
5.1.4.1.1.601.3|Thermography Image Storage|
5.1.4.1.1.601.4|Thermography Multi-frame Image Storage|
5.1.1.27|Stored Print Storage|
5.1.1.29|Hardcopy Grayscale Image Storage|
5.1.1.30|Hardcopy Color Image Storage|
5.1.4.34.1|RT Beams Delivery Instruction Storage - Trial|`;

export function sopClassContent(sops: readonly Sop[]): string {
  const rows = new Map(
    SUPPLEMENT.trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("|")), line]),
  );
  for (const { id, name, ciod } of sops) {
    if (!id.startsWith(ROOT)) throw new Error(`sops.json: ${id} is not under ${ROOT}`);
    rows.set(id.slice(ROOT.length), `${id.slice(ROOT.length)}|${name}|${ciod}`);
  }
  return [...rows.values()].sort().join("\n");
}
