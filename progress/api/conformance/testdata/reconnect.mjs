// Tells what the stock client lives through, line by line, until it is killed.
import { connect, token } from "./lib.mjs";

const socket = connect({ token });
socket.on("connect", () => console.log("connected"));
socket.on("disconnect", () => console.log("disconnected"));
socket.onAny((name, data) => console.log(name, JSON.stringify(data)));
