// Package signals tells parts of a site what happens in others, without their knowing each other: Django's signals, with
// types.
//
// An event is a value at package level; what it carries is its type parameter:
//
//	// Published is sent when an article goes live.
//	var Published = signals.New[*Article]("news.published")
//
//	err := Published.Send(ctx, article)
//
// Who wants to know says so in a list; nothing registers itself:
//
//	apps.App{Receivers: []signals.Receiver{
//		news.Published.On(tellSubscribers).Background(),
//		orm.PostSave[Article]().On(updateIndex).AfterCommit(),
//	}}
//
// A receiver runs at once, in the sender's transaction, and its error is the sender's error; AfterCommit runs it when the
// transaction has committed, Background in a goroutine after that. Those with a greater Priority run first, the others in the
// order of the list.
//
// A Hub holds the receivers; a context carries it. Without one, sending is a look at the context and nothing more.
//
// # What replaces what in Django
//
// Signal is Event, connect and @receiver are On in a list, sender is the type (orm.PostSave[Article]), dispatch_uid is ID,
// send_robust is SendRobust, has_listeners is HasReceivers. There is no disconnect: the list does not change, and a test
// takes a context without signals (With(ctx, nil), orm.WithoutSignals). Receivers are not held weakly.
package signals
