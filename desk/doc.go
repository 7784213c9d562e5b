// Package desk is where people work: web pages over the store, and, in a
// demonstration, a phone to try the gateway with.
//
// It promises pages that work without a script and on a slow line, under 60 KB
// each, that show texts from phones as text and nothing else, and that load
// nothing from elsewhere. It shows a phone number only to answer its own
// message, to a role that may, and each look is in the journal. It never takes
// part in a call: the simulated phone posts to the callbacks listener as a
// provider would.
//
// # How a page is made
//
// A page is one Go file and one template. The file (say works.go) has a
// function worksRoutes(p *pages, e *echo.Echo) that is listed in rooms();
// each route names the right it needs:
//
//	e.GET("/projets", p.listWorks, p.need(civic.ReadDesk))
//	e.POST("/projets/:code", p.changeWork, p.need(civic.FollowWorks))
//
// need sends who is not logged in to /login, answers 403 to who has no right,
// and refuses a POST without the form token of its session: every form begins
// with {{csrf .}}. Territory is the handler's own question:
// me(c).May(civic.FollowWorks, commune) else guard.ErrForbidden.
//
// A handler ends with p.show(c, "works", title, data): the template
// web/works.html defines "body" and finds its data under .D. After a POST that
// worked it ends with p.done(c, "/projets", "works.changed"), which redirects and
// shows the words of desk.done.works.changed on top. What the reader did wrong is
// shown beside the field, status 422, with what she typed still there:
// p.showStatus(c, 422, ...). Any other error goes up: one place turns it into
// a page.
//
// Words are keys of the locale files, channel "desk": {{t "desk.works.title"}},
// with values {{t "desk.works.count" "N" .N}}, plural {{n "desk.x" 3}}.
// Functions of templates are in words.go, classes in web/desk.css, whose
// first lines list them.
package desk
