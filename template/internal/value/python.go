package value

// Pairs is a dictionary in the order in which its keys were added. Django: dict.
type Pairs struct {
	keys, values []Value
	byText       map[string]int
}

// NewPairs makes an empty dictionary.
func NewPairs() *Pairs { return &Pairs{byText: map[string]int{}} }

// Set sets a key, in its old place if there is one.
func (d *Pairs) Set(key, val Value) {
	if i := d.find(key); i >= 0 {
		d.values[i] = val
		return
	}
	if key.Kind().IsText() {
		d.byText[key.Text()] = len(d.keys)
	}
	d.keys = append(d.keys, key)
	d.values = append(d.values, val)
}

// Get returns the value of a key.
func (d *Pairs) Get(key Value) (Value, bool) {
	if i := d.find(key); i >= 0 {
		return d.values[i], true
	}
	return Value{}, false
}

// Len returns the number of keys.
func (d *Pairs) Len() int { return len(d.keys) }

func (d *Pairs) find(key Value) int {
	if key.Kind().IsText() {
		if i, ok := d.byText[key.Text()]; ok {
			return i
		}
		return -1
	}
	for i, k := range d.keys {
		if !k.Kind().IsText() && Equal(k, key) {
			return i
		}
	}
	return -1
}

// Steps is Python's range.
type Steps struct {
	Start, Stop, Step int64
}

// Len returns how many numbers there are.
func (r *Steps) Len() int {
	switch {
	case r.Step > 0 && r.Start < r.Stop:
		return int((r.Stop - r.Start + r.Step - 1) / r.Step)
	case r.Step < 0 && r.Start > r.Stop:
		return int((r.Start - r.Stop - r.Step - 1) / -r.Step)
	}
	return 0
}
