// Package faketest is what the fakes of chat platforms are made of, whichever platform it
// is: they answer inside the process, keep sockets, and do things later.
//
// [Transport] makes a handler a far side that is reached without a network, [Inside] tells
// its requests from others, and [Answer] does the same for one connection, so that a
// websocket works over a pipe. [Client] calls a handler of the program under test. A
// [Line] is one socket, with what it is to be sent in line; [Timers] are things to be done
// later with the fake's lock. All time is that of package time, so that a bubble of
// testing/synctest can hold all of it.
//
// [Page] holds a part of docs/fakes.md to the code of the fake that it tells of.
package faketest
