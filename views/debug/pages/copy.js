(function () {
  var button = document.getElementById("copy"), text = document.getElementById("text");
  if (!button || !text) return;
  function done(ok) {
    button.textContent = ok ? "Copied" : "Press Ctrl+C";
    setTimeout(function () { button.textContent = "Copy as text"; }, 2000);
  }
  function select() {
    document.getElementById("as-text").open = true;
    var range = document.createRange();
    range.selectNodeContents(text);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    try { return document.execCommand("copy"); } catch (e) { return false; }
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    if (navigator.clipboard) navigator.clipboard.writeText(text.textContent).then(function () { done(true); }, function () { done(select()); });
    else done(select());
  });
})();
