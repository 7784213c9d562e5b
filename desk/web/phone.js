// Without this script each key of the pad sends its digit. With it, keys are
// written into the field as on a phone, and the page is renewed in place.
"use strict";
(function () {
  function field() { return document.getElementById("input"); }

  async function send(form, button) {
    const data = new URLSearchParams(new FormData(form, button));
    const answer = await fetch("/phone", { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const open = document.querySelector("details");
    const wasOpen = open && open.open;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    const again = document.querySelector("details");
    if (again && wasOpen) again.open = true;
    if (form.id === "sms") document.getElementById("text").focus({ preventScroll: true });
    else if (field() && !field().disabled) field().focus({ preventScroll: true });
  }

  document.addEventListener("click", function (e) {
    const key = e.target.closest("button[name=key]");
    if (!key || key.disabled) return;
    e.preventDefault();
    field().value += key.value;
    field().focus({ preventScroll: true });
  });

  document.addEventListener("submit", function (e) {
    if (e.target.id !== "phone" && e.target.id !== "sms") return;
    e.preventDefault();
    let button = e.submitter;
    if (button && button.name === "key") button = document.querySelector(".call");
    send(e.target, button).catch(function () { e.target.submit(); });
  });
})();
