// Which networks know the same things: a domain's own, and those of more classes.

const within = (few, many) => few.every((each) => many.includes(each));

// Whether a network knows what is on a photo of a `domain` with these `classes`, null if unknown.
export const knows = (network, { domain, classes }) =>
  network.domain === domain || Boolean(classes && within(classes, network.classes));
