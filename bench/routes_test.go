package bench

import (
	"fmt"
	"strings"
)

// githubRoutes are the paths of an API in the manner of GitHub's; ":x" is a parameter.
var githubRoutes = strings.Fields(`
/authorizations /authorizations/:id /applications/:client/tokens /applications/:client/tokens/:token
/events /repos/:owner/:repo/events /networks/:owner/:repo/events /orgs/:org/events /users/:user/received_events
/users/:user/received_events/public /users/:user/events /users/:user/events/public /users/:user/events/orgs/:org /feeds
/notifications /repos/:owner/:repo/notifications /notifications/threads/:id /notifications/threads/:id/subscription
/repos/:owner/:repo/stargazers /users/:user/starred /user/starred /user/starred/:owner/:repo
/repos/:owner/:repo/subscribers /users/:user/subscriptions /user/subscriptions /repos/:owner/:repo/subscription
/user/subscriptions/:owner/:repo /users/:user/gists /gists /gists/:id /gists/:id/star
/repos/:owner/:repo/git/blobs/:sha /repos/:owner/:repo/git/blobs /repos/:owner/:repo/git/commits/:sha
/repos/:owner/:repo/git/commits /repos/:owner/:repo/git/refs /repos/:owner/:repo/git/tags/:sha /repos/:owner/:repo/git/tags
/repos/:owner/:repo/git/trees/:sha /repos/:owner/:repo/git/trees /issues /user/issues /orgs/:org/issues
/repos/:owner/:repo/issues /repos/:owner/:repo/issues/:number /repos/:owner/:repo/assignees
/repos/:owner/:repo/assignees/:assignee /repos/:owner/:repo/issues/:number/comments
/repos/:owner/:repo/issues/:number/events /repos/:owner/:repo/labels /repos/:owner/:repo/labels/:name
/repos/:owner/:repo/issues/:number/labels /repos/:owner/:repo/issues/:number/labels/:name
/repos/:owner/:repo/milestones/:number/labels /repos/:owner/:repo/milestones /repos/:owner/:repo/milestones/:number
/emojis /gitignore/templates /gitignore/templates/:name /markdown /markdown/raw /meta /rate_limit
/users/:user/orgs /user/orgs /orgs/:org /orgs/:org/members /orgs/:org/members/:user /orgs/:org/public_members
/orgs/:org/public_members/:user /orgs/:org/teams /teams/:id /teams/:id/members /teams/:id/members/:user
/teams/:id/repos /teams/:id/repos/:owner/:repo /user/teams
/repos/:owner/:repo/pulls /repos/:owner/:repo/pulls/:number /repos/:owner/:repo/pulls/:number/commits
/repos/:owner/:repo/pulls/:number/files /repos/:owner/:repo/pulls/:number/merge
/repos/:owner/:repo/pulls/:number/comments /user/repos /users/:user/repos /orgs/:org/repos /repositories
/repos/:owner/:repo /repos/:owner/:repo/contributors /repos/:owner/:repo/languages /repos/:owner/:repo/teams
/repos/:owner/:repo/tags /repos/:owner/:repo/branches /repos/:owner/:repo/branches/:branch
/repos/:owner/:repo/collaborators /repos/:owner/:repo/collaborators/:user /repos/:owner/:repo/comments
/repos/:owner/:repo/commits/:sha/comments /repos/:owner/:repo/comments/:id /repos/:owner/:repo/commits
/repos/:owner/:repo/commits/:sha /repos/:owner/:repo/readme /repos/:owner/:repo/keys /repos/:owner/:repo/keys/:id
/repos/:owner/:repo/downloads /repos/:owner/:repo/downloads/:id /repos/:owner/:repo/forks /repos/:owner/:repo/hooks
/repos/:owner/:repo/hooks/:id /repos/:owner/:repo/hooks/:id/tests /repos/:owner/:repo/merges
/repos/:owner/:repo/releases /repos/:owner/:repo/releases/:id /repos/:owner/:repo/releases/:id/assets
/repos/:owner/:repo/stats/contributors /repos/:owner/:repo/stats/commit_activity
/repos/:owner/:repo/stats/code_frequency /repos/:owner/:repo/stats/participation /repos/:owner/:repo/stats/punch_card
/repos/:owner/:repo/statuses/:ref /search/repositories /search/code /search/issues /search/users
/legacy/issues/search/:owner/:repository/:state/:keyword /legacy/repos/search/:keyword /legacy/user/search/:keyword
/legacy/user/email/:email /users/:user /user /users /user/emails /users/:user/followers /user/followers
/users/:user/following /user/following /user/following/:user /users/:user/following/:target /users/:user/keys
/user/keys /user/keys/:id
`)

// generated makes n paths: a fifth each static and with 1 to 4 parameters.
func generated(n int) []string {
	words := strings.Fields("news article archive author comment tag category search feed photo album shop order cart product invoice report admin profile team")
	paths := make([]string, 0, n)
	for i := 0; len(paths) < n; i++ {
		base := fmt.Sprintf("/%s/%s%d", words[i%len(words)], words[(i/len(words))%len(words)], i/len(words))
		switch i % 5 {
		case 1:
			base += "/:a"
		case 2:
			base += "/:a/edit/:b"
		case 3:
			base += "/:a/:b/more/:c"
		case 4:
			base += "/:a/x/:b/y/:c/:d"
		}
		paths = append(paths, base)
	}
	return paths
}

// request is one path to look up, and its number of parameters; -1 for a path that no route has.
type request struct {
	name, path string
}

// requests picks for each number of parameters a path from the middle of the routes, and a miss.
func requests(routes []string) []request {
	byParams := map[int][]string{}
	for _, r := range routes {
		n := strings.Count(r, ":")
		byParams[n] = append(byParams[n], r)
	}
	var list []request
	for n := 0; n <= 4; n++ {
		if all := byParams[n]; len(all) > 0 {
			list = append(list, request{fmt.Sprintf("args=%d", n), fill(all[len(all)/2])})
		}
	}
	miss := fill(routes[len(routes)/2]) + "/nowhere/at/all"
	return append(list, request{"miss", miss})
}

// fill puts values in place of the parameters.
func fill(route string) string {
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "value" + p[1:]
		}
	}
	return strings.Join(parts, "/")
}

// rewrite gives the parameters another syntax.
func rewrite(route, before, after string) string {
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = before + p[1:] + after
		}
	}
	return strings.Join(parts, "/")
}
