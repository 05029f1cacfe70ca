/**
 * What a page may do, as response headers of `app://`. The app's page loads its own scripts,
 * styles, images and fonts, shows previews in frames and can reach nothing else: no network, no
 * inline script, no inline style. A preview is somebody's maintenance page: it may style itself and
 * show data: images, and nothing more.
 */
const POLICY = {
  page: {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "frame-src": "app://preview app://own-page",
    "connect-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  },
  preview: {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "app://backsoon",
    sandbox: "",
  },
  /** With its own styles and images beside it. */
  ownPage: {
    "default-src": "'none'",
    "style-src": "app://own-page 'unsafe-inline'",
    "img-src": "app://own-page data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "app://backsoon",
    sandbox: "",
  },
} as const;

/**
 * Powerful features are off for the page and everything it frames; permissions are refused by the
 * session as well.
 */
const FEATURES = [
  "accelerometer",
  "camera",
  "display-capture",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

export function securityHeaders(kind: keyof typeof POLICY): Record<string, string> {
  return {
    "content-security-policy": Object.entries(POLICY[kind])
      .map(([directive, value]) => `${directive} ${value}`.trim())
      .join("; "),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": FEATURES.map((feature) => `${feature}=()`).join(", "),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

export const PAGE_ORIGIN = "app://backsoon";
