/** Tells the editor where the programs of its threads are. */
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_: string, label: string) => {
      const name = label === 'json' || label === 'graphql' ? label : 'editor';
      return new Worker(`/assets/workers/${name}.js`, { type: 'module', name: label });
    },
  },
});
