// Lost: recognises the id of a record in an address that leads nowhere, and leads to the record.

const FOLDERS = { T: ["testimonies"], S: ["sources", "estimates"] };

/** The last id in an address, in its proper form: "/testimonies/t12" has T0012. */
function idIn(address) {
  const found = [...address.matchAll(/(?<![a-z0-9])([tsef])[-_ ]?0*([1-9]\d{0,8})(?![a-z0-9])/gi)].pop();
  return found && found[1].toUpperCase() + found[2].padStart(4, "0");
}

/** Where an id leads, below the root of the site; undefined where there is no such record. */
async function placeOf(id, base, address) {
  if (!FOLDERS[id[0]]) {
    const answer = await fetch(`${base}ids.json`);
    return answer.ok ? (await answer.json())[id] : undefined;
  }
  const folders = [...FOLDERS[id[0]]].sort((one, other) => address.includes(other) - address.includes(one));
  for (const folder of folders) {
    const answer = await fetch(`${base}${folder}/${id}/`, { method: "HEAD" });
    if (answer.ok) return `${folder}/${id}/`;
  }
  return undefined;
}

/** An address as it is read; as it stands where it is wrongly encoded. */
function decoded(address) {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

async function lead(note) {
  const address = decoded(location.pathname).toLowerCase();
  const base = note.dataset.base.endsWith("/") ? note.dataset.base : `${note.dataset.base}/`;
  const id = idIn(address);
  if (!id) return;
  const place = await placeOf(id, base, address);
  if (!place) {
    note.textContent = `There is no record ${id}.`;
    return;
  }
  const link = document.createElement("a");
  link.href = base + place;
  link.textContent = id;
  note.replaceChildren("Leading to ", link, " …");
  location.replace(link.href);
}

lead(document.getElementById("lost"));
