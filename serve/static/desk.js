"use strict";

// Keys go to the desk without a click first, and to the way back once it has ended. textual-serve's script says by
// the body's class how its line stands; before it is open, the terminal cannot be told of its focus.
window.addEventListener("load", () => {
  const look = () => {
    const line = document.body.classList;
    if (line.contains("-closed")) document.querySelector(".ended a").focus();
    else if (line.contains("-loaded")) document.querySelector(".xterm-helper-textarea").focus();
    else return;
    if (line.contains("-closed")) watching.disconnect();
  };
  const watching = new MutationObserver(look);
  watching.observe(document.body, { attributes: true, attributeFilter: ["class"] });
});
