// One hand on the keyboard. Every key clicks a button that a mouse could click too, found by its Streamlit key; nothing
// is done here that the page could not do. J and L move a mark from card to card; the others act on the marked card.
(() => {
  if (window.workbenchKeys) return
  window.workbenchKeys = true

  const CARDS = "[class*='st-key-card_'], [class*='st-key-library_'], [class*='st-key-partial_']"
  const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable=true], [role=combobox], [role=dialog]"
  // Key: what to click in the card, by the beginning of its key, and else the line of the card's own menu.
  const ON_CARD = {
    k: [["keep_", "lib_keep_", "partial_keep_"], "Keep"],
    d: [["drop_", "lib_drop_", "partial_drop_"], "Drop"],
    r: [["refine_", "lib_refine_"], "Refine"],
    e: [["evaluate_"], "Evaluate"],
    m: [["more_", "lib_carry_"], "More like this"],
    o: [[], "The opposite"],
    c: [[], "Combine with another"],
    v: [["lib_carry_"], "Carry over"],
    t: [[], "Tag"],
    w: [[], "Edit"],
    a: [[], "Archive"],
    u: [[], "Undecided again"],
    x: [["pick_"], ""],
  }
  const ON_PAGE = { "/": ".st-key-ideas_search input", "?": ".st-key-keys button" }
  const ON_SEVERAL = { k: "keep", d: "drop", a: "archive", t: "tag", c: "combine", v: "carry", Escape: "clear" }
  const THEN_WRITE = { t: true, v: true, w: true }

  const mark = document.head.appendChild(document.createElement("style"))
  let current = "" // the class of the marked card: the element itself is React's, and may become another card's

  const cards = () => [...document.querySelectorAll(CARDS)].filter((card) => card.offsetParent !== null)
  const nameOf = (card) => [...card.classList].find((name) => /^st-key-(card|library|partial)_/.test(name))
  const marked = () => cards().find((card) => nameOf(card) === current)
  const undecided = (card) => card.querySelector("[class*='st-key-keep_'] button")
  const start = () => marked() || cards().find(undecided) || cards()[0]

  function show(card) {
    current = card ? nameOf(card) : ""
    mark.textContent = current ? `.${CSS.escape(current)} { outline: 3px solid var(--workbench-mark, #18827b); outline-offset: 2px }` : ""
    document.documentElement.dataset.marked = current
    if (!card) return
    card.setAttribute("tabindex", "-1")
    card.focus({ preventScroll: true })
    card.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
  }

  function move(step) {
    const all = cards()
    const at = all.indexOf(marked())
    show(at < 0 ? start() : all[Math.max(0, Math.min(all.length - 1, at + step))])
  }

  const SLOW = 15000 // milliseconds that a busy machine may take for a run of the page

  // What a click brings in comes with the next run of the page: look for it for a while.
  function soon(find, act, until = performance.now() + 2000) {
    const found = find()
    if (found) act(found)
    else if (performance.now() < until) setTimeout(() => soon(find, act, until), 40)
  }

  // Put the cursor there once it is there, unless the person has begun to write elsewhere.
  function write(find) {
    const writing = () => document.activeElement?.matches("input:not([type=checkbox]), textarea")
    soon(find, (field) => writing() || field.focus(), performance.now() + SLOW)
  }

  function fromMenu(card, line) {
    const menu = card.querySelector("[class*='st-key-menu_'] button")
    if (!menu) return false
    menu.click()
    soon(
      () => [...document.querySelectorAll("[role=menuitem], [role=menu] button, [role=option]")].find((item) => item.textContent.trim() === line),
      (item) => item.click(),
      performance.now() + SLOW,
    )
    return true
  }

  function onCard(key) {
    const card = start()
    if (!card) return false
    const [buttons, line] = ON_CARD[key]
    const all = cards()
    const next = all[all.indexOf(card) + 1] || all[all.indexOf(card) - 1]
    const button = buttons.map((name) => card.querySelector(`[class*='st-key-${name}'] :is(button, input)`)).find(Boolean)
    if (!button && !(line && fromMenu(card, line))) return false
    current = nameOf(card)
    button?.click()
    if (THEN_WRITE[key]) write(() => marked()?.querySelector("[data-testid=stForm] :is(input, textarea)"))
    else if ("kda".includes(key) && next) {
      const then = nameOf(next) // the card may leave the page: the mark goes on to the one after it
      soon(() => !marked() && cards().find((each) => nameOf(each) === then), show)
    }
    if (marked()) show(marked())
    return true
  }

  // On the marked card or the first one; on a page without cards, on the first answer.
  function thumb(key) {
    const pair = (start() || document).querySelector("[class*='st-key-thumb_']")
    const button = pair?.querySelectorAll("button")[key === "g" ? 0 : 1]
    button?.click()
    return Boolean(button)
  }

  function onSeveral(key) {
    const button = document.querySelector(`.st-key-several_${ON_SEVERAL[key]} button:enabled`)
    if (!button) return false
    button.click()
    if (key === "t") write(() => document.querySelector(".st-key-several_tags input"))
    if (key === "v") write(() => document.querySelector(".st-key-carry_to_several input, .st-key-carry_question_several input"))
    return true
  }

  function heard(key) {
    if (key === "j" || key === "l") return cards().length > 0 && (move(key === "l" ? 1 : -1), true)
    if (ON_SEVERAL[key] && onSeveral(key)) return true
    if (ON_CARD[key]) return onCard(key)
    if (key === "g" || key === "b") return thumb(key)
    const target = ON_PAGE[key] && document.querySelector(ON_PAGE[key])
    if (!target) return false
    target.tagName === "INPUT" ? target.focus() : target.click()
    return true
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jl".includes(event.key)) return
    if (event.target.closest(FIELDS)) return
    if (document.querySelector("[role=dialog]") && event.key !== "?") return
    const key = event.shiftKey && event.key !== "?" && event.key !== "/" ? "" : event.key.length === 1 ? event.key.toLowerCase() : event.key
    if (!key || !heard(key)) return
    event.preventDefault()
    event.stopImmediatePropagation() // Streamlit has an R and a C of its own
  }, true)
})()
