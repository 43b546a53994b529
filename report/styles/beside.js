// Files beside the page, each loaded once, when it is asked for. From file:// a browser loads no
// scripts but classic ones, so each file calls `beside.put` with its name and what it holds.

window.beside = (() => {
  const list = document.querySelector('script#beside[type="application/json"]');
  const files = list ? JSON.parse(list.textContent) : {};
  const held = {};
  const asked = {};

  function load(name) {
    asked[name] ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      // What failed may be asked for again.
      const broken = () => {
        delete asked[name];
        script.remove();
        fail(new Error(`${files[name]} is missing or damaged`));
      };
      // A file that was cut off is loaded as well, but puts nothing here.
      script.addEventListener("load", () => (name in held ? done(held[name]) : broken()));
      script.addEventListener("error", broken);
      // Nothing but a file of the site's own folder.
      if (!/^scripts\/[\w-]+\.js$/.test(files[name])) return broken();
      script.src = files[name];
      document.head.append(script);
    });
    return asked[name];
  }

  // Loads by `load` as soon as a reader sees what is likely to be asked for, unless data are dear.
  function near(node, load) {
    if (navigator.connection?.saveData) return;
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      load().catch(() => {}); // what is wrong is said when it is asked for
    });
    watcher.observe(node);
  }

  // Says in `place` why there is nothing to see, until it is said that there is.
  function tell(place, error) {
    place.textContent = error ? `This could not be loaded: ${error.message}. The report's own is shown.` : "";
  }

  return { load, near, tell, has: (name) => name in files, put: (name, content) => { held[name] = content; } };
})();
