// The page's address: a link to it may name the model, an example's file and each setting.

export const address = () => new URLSearchParams(location.search);
export const fromAddress = (name) => address().get(name) ?? "";
