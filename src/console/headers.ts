/** Nothing but our own styles and images, and no script at all: https://www.w3.org/TR/CSP3/ */
export function contentSecurityPolicy(issuer: string): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    // A browser that follows a form's redirect holds that to the list too: signing out ends at the provider.
    `form-action 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "script-src 'none'",
  ].join('; ');
}

export function securityHeaders(issuer: string, isSecure: boolean): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(issuer),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-frame-options': 'DENY',
    ...(isSecure && { 'strict-transport-security': 'max-age=31536000' }),
  };
}
