/** The part of tesseract.js-core 7 that the reader uses; the package has no types of its own. */
declare module "tesseract.js-core/tesseract-core-simd-lstm.js" {
  export interface TessBaseApi {
    /** 0 when it went well. */
    Init(path: string, language: string, engine: number, configuration: string): number;
    SetVariable(name: string, value: string): boolean;
    SetPageSegMode(mode: number): void;
    SetImage(
      pointer: number,
      width: number,
      height: number,
      bytesPerPixel: number,
      bytesPerLine: number,
    ): void;
    SetSourceResolution(dotsPerInch: number): void;
    /** 0 when it went well. */
    Recognize(monitor: null): number;
    GetTSVText(page: number): string;
    Clear(): void;
    End(): void;
  }

  export interface TesseractCore {
    readonly TessBaseAPI: new () => TessBaseApi;
    /** A file system in memory. */
    readonly FS: {
      writeFile(path: string, data: Uint8Array | string): void;
      unlink(path: string): void;
    };
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    destroy(object: object): void;
  }

  export interface CoreOptions {
    print(line: string): void;
    printErr(line: string): void;
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): object;
  }

  export default function createCore(options: CoreOptions): Promise<TesseractCore>;
}
