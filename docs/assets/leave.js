// "Leave this site": replaces this page in the history, so that the back button does not lead here again.
(function () {
  "use strict";

  function leave(address) {
    document.documentElement.hidden = true;
    window.location.replace(address);
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a.leave-site");
    if (!link) return;
    event.preventDefault();
    leave(link.href);
  });

  var presses = [];
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    presses = presses.concat(event.timeStamp).slice(-3);
    if (presses.length === 3 && presses[2] - presses[0] < 1500) {
      leave(document.querySelector("a.leave-site").href);
    }
  });
})();
