// What every page needs: the colour scheme, a way to leave the site, and a menu that opens by keyboard.
// It takes the place of the theme's own script, which weighs more than all else that a page loads.
(function () {
  "use strict";
  document.documentElement.classList.replace("no-js", "js");

  // The scheme: the theme's inline script has applied a stored choice; without one the system decides.
  var choices = Array.from(document.querySelectorAll("input[name='__palette']"));

  function show(choice) {
    ["scheme", "primary", "accent"].forEach(function (name) {
      document.body.setAttribute("data-md-color-" + name, choice.getAttribute("data-md-color-" + name));
    });
    choice.checked = true;
    choices.forEach(function (other) { other.nextElementSibling.hidden = other !== choice; });
  }

  function stored() {
    var palette = window.__md_get("__palette");
    return palette && choices[palette.index];
  }

  function fitting() {
    return choices.find(function (choice) {
      return window.matchMedia(choice.getAttribute("data-md-color-media")).matches;
    });
  }

  if (choices.length) show(stored() || fitting() || choices[0]);
  choices.forEach(function (choice, index) {
    choice.addEventListener("change", function () {
      show(choice);
      window.__md_set("__palette", {
        index: index,
        color: {
          media: choice.getAttribute("data-md-color-media"),
          scheme: choice.getAttribute("data-md-color-scheme"),
          primary: choice.getAttribute("data-md-color-primary"),
          accent: choice.getAttribute("data-md-color-accent"),
        },
      });
    });
  });

  // Leaving: this page is replaced in the history, so that the back button does not lead here again.
  function leave() {
    document.documentElement.hidden = true;
    window.location.replace(document.querySelector("a.leave-site").href);
  }

  document.addEventListener("click", function (event) {
    if (!event.target.closest("a.leave-site")) return;
    event.preventDefault();
    leave();
  });

  var presses = [];
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      presses = presses.concat(event.timeStamp).slice(-3);
      if (presses.length === 3 && presses[2] - presses[0] < 1500) leave();
    } else if ((event.key === "Enter" || event.key === " ") && event.target.matches("label[tabindex]")) {
      event.preventDefault();
      event.target.click();
    }
  });
})();
