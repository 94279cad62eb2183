package manage

// Style colours text. The zero value leaves text as it is.
type Style struct{ color bool }
