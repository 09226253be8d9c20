"""The sensors' door: mutual TLS, one WebSocket a sensor, bulk and files beside it. It knows who speaks and believes nobody.

gateway.py   the face: start, close, who is connected, send, ask; a thread with a loop of its own
session.py   one sensor's WebSocket from its greeting to its end
intake.py    batches checked, joined, laid in the spool, and only then acknowledged
routes.py    enrolment, renewal, bulk batches, update; uploads.py: files that go on after a break
peers.py     whose certificate a request shows, and how much each may send
reports.py   what sensors say of themselves and of tasks, told to the rooms
signs.py     signs of tampering that the server itself sees
rooms.py     what the gateway is handed of a house
"""
