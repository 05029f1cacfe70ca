/** From which size on a request in flight is called a download or an upload. */

/** A response of this size is a download, whatever it is called. */
const MIN_DOWNLOAD_BYTES = 1024 * 1024;
/** A request body of this size is an upload, until the response begins. */
const MIN_UPLOAD_BYTES = 64 * 1024;
/** A request body of this size is an upload to the end, also while the response is being sent. */
const MIN_LONG_UPLOAD_BYTES = 1024 * 1024;

export function isDownload(responseBytes: number): boolean {
  return responseBytes >= MIN_DOWNLOAD_BYTES;
}

export function isUpload(bodyBytes: number): boolean {
  return bodyBytes >= MIN_UPLOAD_BYTES;
}

export function isLongUpload(bodyBytes: number): boolean {
  return bodyBytes >= MIN_LONG_UPLOAD_BYTES;
}
