package validators_test

import (
	"fmt"

	"github.com/nuages-go/nuages/validators"
)

func Example() {
	age := []func(int) error{validators.Min(18), validators.Max(120)}
	for _, rule := range age {
		if err := rule(7); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(validators.Email("ada@example"))
	// Output:
	// Ensure this value is greater than or equal to 18.
	// Enter a valid email address.
}
