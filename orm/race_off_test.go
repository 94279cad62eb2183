//go:build !race

package orm_test

const raceDetector = false
