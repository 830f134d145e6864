// Interactive charts on request: plotly and the figure are fetched from this site after a click.
// Maps open at the Middle East.
(function () {
  "use strict";
  var loading;

  function plotly(address) {
    loading = loading || new Promise(function (resolve, reject) {
      // plotly writes style rules into an element with this id, which a strict content policy forbids:
      // where the element has this class it writes none, and charts.css holds the rules that it needs.
      var rules = document.createElement("meta");
      rules.id = "plotly.js-style-global";
      rules.className = "no-inline-styles";
      document.head.appendChild(rules);
      window.PlotlyConfig = { plotlyServerURL: "" };
      // Its map library adds a style element while it loads, which no chart here needs either.
      var add = document.head.appendChild;
      var script = document.createElement("script");
      script.src = address;
      script.onload = function () { delete document.head.appendChild; resolve(window.Plotly); };
      script.onerror = function () { delete document.head.appendChild; loading = undefined; reject(new Error(address)); };
      document.head.appendChild(script);
      document.head.appendChild = function (node) {
        return node.localName === "style" ? node : add.call(this, node);
      };
    });
    return loading;
  }

  function coloured(figure, place) {
    var page = getComputedStyle(place);
    var colour = function (name) { return page.getPropertyValue("--chart-" + name).trim(); };
    figure.data.forEach(function (trace) {
      if (trace.type === "heatmap") {
        trace.colorscale = [[0, colour("q1")], [1, colour("q5")]];
        return;
      }
      trace.marker = Object.assign({}, trace.marker, { color: colour(trace.meta) });
      if (trace.line) trace.line = Object.assign({}, trace.line, { color: colour(trace.meta) });
    });
    figure.layout.font = { family: page.fontFamily, size: 13, color: colour("text") };
    [figure.layout.xaxis, figure.layout.yaxis].forEach(function (axis) {
      axis.gridcolor = axis.zerolinecolor = colour("grid");
    });
    return figure;
  }

  function draw(button, place, status) {
    status.textContent = "Loading the interactive chart …";
    return Promise.all([
      plotly(button.dataset.plotly),
      fetch(button.dataset.figure).then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      }),
    ]).then(function (loaded) {
      var figure = coloured(loaded[1], place);
      return loaded[0].newPlot(place, figure.data, figure.layout, {
        displaylogo: false, showSendToCloud: false, plotlyServerURL: "", responsive: true,
      });
    }).then(function () {
      status.textContent = "The interactive chart is below the button.";
    }).catch(function () {
      status.textContent = "The interactive chart could not be loaded. Picture and table hold the same numbers.";
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button.chart-interactive");
    if (!button) return;
    var status = document.createElement("p");
    status.setAttribute("aria-live", "polite");
    status.className = "chart-status";
    var place = document.createElement("div");
    place.className = "chart-plotly";
    var old = button.nextElementSibling;
    while (old && /chart-(status|plotly)/.test(old.className)) {
      old.remove();
      old = button.nextElementSibling;
    }
    button.after(status, place);
    draw(button, place, status);
  });

  // A map that is wider than its frame opens where the people of the report were, not at its western end.
  document.querySelectorAll(".map-scroll").forEach(function (frame) {
    frame.scrollLeft = frame.dataset.middle * frame.scrollWidth - frame.clientWidth / 2;
  });

  new MutationObserver(function () {
    document.querySelectorAll(".chart-plotly.js-plotly-plot").forEach(function (place) {
      var figure = coloured({ data: place.data, layout: place.layout }, place);
      window.Plotly.react(place, figure.data, figure.layout);
    });
  }).observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
})();
