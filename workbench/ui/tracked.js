/* Tracked changes in the text itself: a click or a key on a change decides on it, and the person hears of it at once.

   data: {id, title, body, decisions, stamp, review}; title and body are lists of [old, new], alike where nothing changed.
   The browser is ahead of the server: `stamp` counts decisions, and what comes back with an older one is not heard. */
const panels = new WeakMap()
const quiet = "input, textarea, select, [contenteditable=true]"

export default function (component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".tracked")
  if (!root || !data) return
  let panel = panels.get(parentElement)
  if (!panel) {
    panel = { current: 0 }
    panels.set(parentElement, panel)
    panel.keys = (event) => press(panel, event)
    window.addEventListener("keydown", panel.keys)
  }
  const other = panel.id !== data.id || panel.shape !== JSON.stringify([data.title, data.body])
  if (other || data.stamp >= panel.stamp) {
    panel.decisions = { ...data.decisions }
    panel.stamp = data.stamp
  }
  if (other) panel.current = firstOpen(panel, count(data)) ?? 0
  Object.assign(panel, { id: data.id, shape: JSON.stringify([data.title, data.body]), data, root, component })
  draw(panel)
  return () => window.removeEventListener("keydown", panel.keys)
}

const isChange = ([before, after]) => before !== after
const count = (data) => [...data.title, ...data.body].filter(isChange).length
const firstOpen = (panel, total) => [...Array(total).keys()].find((n) => !(n in panel.decisions))

function draw(panel) {
  const { root, data } = panel
  const focused = root.getRootNode().activeElement?.dataset?.focus
  root.replaceChildren(text(panel), ...(data.review ? [bar(panel), result(panel)] : []))
  const next = focused?.startsWith("change-") ? `change-${panel.current}` : focused
  if (next) root.querySelector(`[data-focus="${next}"]`)?.focus()
}

function element(tag, className, ...children) {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...children)
  return made
}

function text(panel) {
  let number = 0
  const paragraph = (className, pieces) => {
    const made = element("p", className)
    pieces.forEach((piece, at) => {
      const [before, after] = at ? piece : piece.map((side) => side.trimStart())
      made.append(isChange(piece) ? change(panel, number++, before, after) : before)
    })
    return made
  }
  const { title, body } = panel.data
  return element("div", "text", ...(title.length ? [paragraph("title", title)] : []), paragraph("body", body))
}

function change(panel, number, before, after) {
  const decided = panel.decisions[number]
  const state = decided === undefined ? "open" : decided ? "accepted" : "rejected"
  const made = element("span", `change ${state}`)
  const parts = document.createDocumentFragment()
  for (const [side, tag, hidden] of [[before, "del", decided === true], [after, "ins", decided === false]]) {
    const words = side.trim()
    if (!words || hidden) continue
    const space = side.slice(0, side.indexOf(words))
    if (made.childNodes.length) made.append(space)
    else parts.append(space) // outside of the mark
    made.append(element(tag, "", words))
  }
  if (state !== "open") made.append(mark(decided))
  parts.append(made)
  if (panel.data.review) {
    made.classList.toggle("current", number === panel.current)
    made.tabIndex = 0
    made.dataset.focus = `change-${number}`
    made.dataset.change = number
    made.setAttribute("role", "group") // not a button: those hide from a screen reader what is inserted and deleted
    made.setAttribute("aria-label", `Change ${number + 1}, ${state === "open" ? "undecided" : state}`)
    made.onclick = () => move(panel, number)
    made.onfocus = () => number === panel.current || move(panel, number)
  }
  return parts
}

function mark(accepted) {
  const made = element("span", "mark", accepted ? "✓" : "✗")
  made.setAttribute("aria-hidden", "true")
  return made
}

function bar(panel) {
  const total = count(panel.data)
  const left = total - Object.keys(panel.decisions).length
  const decided = panel.decisions[panel.current]
  const where = element("span", "where", total ? `Change ${panel.current + 1} of ${total}` : "No changes")
  const rest = left === total ? "all" : "the rest"
  const steps = [
    button("‹", "step", "before", () => step(panel, -1), { label: "Change before", off: total < 2 }),
    where,
    button("›", "step", "next", () => step(panel, 1), { label: "Next change", off: total < 2 }),
  ]
  const choice = [
    button("✓ Accept", "yes", "accept", () => decide(panel, true), { key: "A", on: decided === true, off: !total }),
    button("✗ Reject", "no", "reject", () => decide(panel, false), { key: "X", on: decided === false, off: !total }),
  ]
  const all = [
    button(`Accept ${rest}`, "quiet", "accept-all", () => decideRest(panel, true), { off: !left }),
    button(`Reject ${rest}`, "quiet", "reject-all", () => decideRest(panel, false), { off: !left }),
    button("Start over", "quiet", "clear", () => send(panel, {}), { off: left === total }),
  ]
  const made = element("div", "bar", ...[steps, choice, all].map((group) => element("div", "group", ...group)))
  made.setAttribute("role", "toolbar")
  made.setAttribute("aria-label", "Changes")
  return made
}

function button(words, className, focus, action, { key, label, on, off } = {}) {
  const made = element("button", className, words)
  if (key) made.append(element("kbd", "", key))
  if (label) made.setAttribute("aria-label", label)
  if (key) made.setAttribute("aria-pressed", String(Boolean(on)))
  made.type = "button"
  made.dataset.focus = focus
  made.disabled = Boolean(off)
  made.onclick = action
  return made
}

function result(panel) {
  let number = 0
  const chosen = (pieces) =>
    pieces.map((piece) => (isChange(piece) && panel.decisions[number++] ? piece[1] : piece[0])).join("").trim()
  const title = chosen(panel.data.title)
  const body = chosen(panel.data.body)
  const made = element("div", "result", element("h4", "", "How it will read"))
  const words = element("div", "text", ...(title ? [element("p", "title", title)] : []), element("p", "body", body))
  made.append(words)
  return made
}

function move(panel, number) {
  panel.current = number
  draw(panel)
}

function step(panel, by) {
  const total = count(panel.data)
  if (total) move(panel, (panel.current + by + total) % total)
}

function decide(panel, accepted) {
  const total = count(panel.data)
  if (!total) return
  const decisions = { ...panel.decisions, [panel.current]: accepted }
  const later = [...Array(total).keys()].map((n) => (panel.current + 1 + n) % total)
  const done = panel.current
  panel.current = later.find((n) => !(n in decisions)) ?? panel.current
  send(panel, decisions)
  const left = total - Object.keys(decisions).length
  say(panel, `Change ${done + 1} ${accepted ? "accepted" : "rejected"}, ${left ? `${left} left` : "none left"}.`)
}

function decideRest(panel, accepted) {
  const decisions = { ...panel.decisions }
  for (let n = 0; n < count(panel.data); n++) decisions[n] ??= accepted
  send(panel, decisions)
  say(panel, accepted ? "Accepted." : "Rejected.")
}

/* For screen readers: everything else is drawn anew each time, which they would not notice. */
function say(panel, words) {
  panel.component.parentElement.querySelector(".said").textContent = words
}

function send(panel, decisions) {
  panel.decisions = decisions
  panel.stamp += 1
  draw(panel)
  panel.component.setStateValue("choice", { id: panel.id, stamp: panel.stamp, decisions })
}

function press(panel, event) {
  if (!panel.root.isConnected || !panel.data.review || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.defaultPrevented || event.composedPath()[0].closest?.(quiet)) return
  if (event.repeat || document.querySelector("[role=dialog]")) return
  const actions = {
    a: () => decide(panel, true),
    x: () => decide(panel, false),
    l: () => step(panel, 1),
    j: () => step(panel, -1),
  }
  const action = actions[event.key.toLowerCase()]
  if (!action) return
  event.preventDefault()
  action()
}
