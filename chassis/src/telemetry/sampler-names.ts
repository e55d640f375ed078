/** The samplers of OpenTelemetry's specification for environment variables. */
export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export type SamplerName = (typeof samplerNames)[number];

/** The member of `tracestate` with the decision to record a trace for Sentry, `1` or `0`. */
export const recordedMember = 'marquee';
