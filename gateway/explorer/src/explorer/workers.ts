/** The scripts of the web workers that the editor starts. */
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_: string, label: string) => {
      const name = label === 'json' || label === 'graphql' ? label : 'editor';
      return new Worker(`/assets/workers/${name}.js`, { type: 'module', name: label });
    },
  },
});
