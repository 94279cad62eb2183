package fn

import "github.com/nuages-go/nuages/orm"

// ACos is the angle, in radians, with that cosine.
func ACos[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("ACos", e) }

// ASin is the angle, in radians, with that sine.
func ASin[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("ASin", e) }

// ATan is the angle, in radians, with that tangent.
func ATan[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("ATan", e) }

// Cos is the cosine of an angle in radians.
func Cos[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Cos", e) }

// Cot is the cotangent of an angle in radians.
func Cot[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Cot", e) }

// Degrees turns radians into degrees.
func Degrees[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Degrees", e) }

// Exp is e to the power of the number.
func Exp[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Exp", e) }

// Ln is the natural logarithm.
func Ln[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Ln", e) }

// Radians turns degrees into radians.
func Radians[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Radians", e) }

// Sin is the sine of an angle in radians.
func Sin[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Sin", e) }

// Sqrt is the square root.
func Sqrt[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Sqrt", e) }

// Tan is the tangent of an angle in radians.
func Tan[V Number](e orm.Expr[V]) orm.Expr[float64] { return orm.Function[float64]("Tan", e) }

// Sign is -1, 0 or 1.
func Sign[V Number](e orm.Expr[V]) orm.Expr[V] { return orm.Function[V]("Sign", e) }

// ATan2 is the angle, in radians, of the point (x, y).
func ATan2[Y, X Number](y orm.Expr[Y], x orm.Expr[X]) orm.Expr[float64] {
	return orm.Function[float64]("ATan2", y, x)
}

// Log is the logarithm to a base: Log(orm.Val(2), orm.F(&f.Size)).
func Log[B, V Number](base orm.Expr[B], e orm.Expr[V]) orm.Expr[float64] {
	return orm.Function[float64]("Log", base, e)
}

// Mod is the rest of a division, with the sign of the dividend. Of whole numbers alone, and whole: orm.F(&a.N).ModBy(2).
func Mod[V, W Number](e orm.Expr[V], by orm.Expr[W]) orm.Expr[float64] {
	return orm.Function[float64]("Mod", e, by)
}

// Power is a number to the power of another.
func Power[V, W Number](e orm.Expr[V], exponent orm.Expr[W]) orm.Expr[float64] {
	return orm.Function[float64]("Power", e, exponent)
}

// Pi is the ratio of a circle's circumference to its diameter.
func Pi() orm.Expr[float64] { return orm.Function[float64]("Pi") }

// Random is a number from 0 up to, and without, 1, another for each row.
func Random() orm.Expr[float64] { return orm.Function[float64]("Random") }
