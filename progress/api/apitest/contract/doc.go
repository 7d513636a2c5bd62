// Package contract holds what goes over the wire to what the server says of itself.
//
//	k, err := contract.New(document)  // openapi.json
//	err = k.Check(contract.Exchange{Req: req, Sent: sent, Res: res, Got: got})
//
// A request that was taken has to be as the document wants it, and every answer,
// refusals too, as the document has it: its status, headers, content type and body,
// the frames of a stream one by one.
package contract
