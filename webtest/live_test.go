package webtest_test

import (
	"io"
	"net/http"
	"testing"
)

func TestLive(t *testing.T) {
	t.Parallel()
	server := newClient(t).Live()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "<h1>Hello</h1>" {
		t.Errorf("body = %q, %v", body, err)
	}
}
