// Without this script the button counts and shows what will be received. With
// it that happens while one types: the page itself is asked, so that what is
// shown is what leaves.
"use strict";
(function () {
  const form = document.getElementById("answer");
  if (!form) return;
  const words = document.getElementById("words");
  const count = document.getElementById("count");
  const preview = document.getElementById("preview");
  let timer = 0, asked = 0;

  async function look() {
    const mine = ++asked;
    const fixed = form.elements.verdict && form.elements.verdict.value === "en_cours";
    if (!fixed && !words.value.trim() || !form.checkValidity()) { preview.replaceChildren(); return; }
    const data = new URLSearchParams(new FormData(form));
    data.set("faire", "compter");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      const fresh = page.getElementById("preview");
      if (!fresh) { count.hidden = false; return; }
      const fault = page.querySelector("#repondre .fault");
      preview.replaceChildren(...(fault ? [fault] : []), ...fresh.childNodes);
      count.hidden = true;
    } catch { count.hidden = false; }
  }

  function soon() {
    const send = document.getElementById("send");
    if (send) send.disabled = true;
    asked++;
    clearTimeout(timer);
    timer = setTimeout(look, 300);
  }

  form.addEventListener("input", function (e) { if (e.target.id !== "ready") soon(); });

  form.addEventListener("click", function (e) {
    if (e.target.value !== "inserer") return;
    e.preventDefault();
    const choice = document.getElementById("ready").selectedOptions[0];
    const text = choice.dataset[form.elements.langue.value] || choice.dataset.fr || choice.dataset.bm;
    if (!text) return;
    words.value = (words.value.trim() + " " + text).trim();
    words.focus();
    soon();
  });

  if (words.value.trim() && !preview.children.length) soon();
})();
