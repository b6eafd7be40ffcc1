"""Requests that two readers may interpret differently, for hostility_test.py.

After the public collections of request smuggling (CL.TE, TE.CL, TE.TE, chunk lines, line ends,
targets). Each says `Connection: close`, so whatever follows what a reader takes for its body must
not be answered.
"""

HIDDEN = b"GET /version HTTP/1.1\r\nHost: gate\r\n\r\n"
BODY = b'{"operation":"distribute","filing_number":"x"}'


def post(fields, rest, line=b"POST /v1/check HTTP/1.1"):
    return (line + b"\r\nHost: gate\r\nConnection: close\r\nContent-Type: application/json\r\n" + fields +
            b"\r\n" + rest)


def length(value):
    return b"Content-Length: " + str(value).encode() + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"0\r\n\r\n"


def chunk(data, size=None):
    return (b"%x" % len(data) if size is None else size) + b"\r\n" + data + b"\r\n"


def by_chunks(line):
    """A reader that sees the coding ends at the chunk; one that does not takes the hidden request
    for the body."""
    return post(line + b"\r\n" + length(len(END + HIDDEN)), END + HIDDEN)


PAYLOADS = [
    ("both, the length longer", post(length(len(END + HIDDEN)) + CHUNKED, END + HIDDEN)),
    ("both, the length shorter", post(length(4) + CHUNKED, chunk(HIDDEN) + END)),
    ("both, the length zero", post(length(0) + CHUNKED, chunk(BODY) + END + HIDDEN)),
    ("both, the coding first", post(CHUNKED + length(6), END + b"G" + HIDDEN)),
    *((f"coding: {line!r}", by_chunks(line)) for line in (
        b"Transfer-Encoding: xchunked", b"Transfer-Encoding : chunked", b" Transfer-Encoding: chunked",
        b"Transfer-Encoding:\tchunked", b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: identity, chunked", b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
        b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked",
        b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding:\r\n chunked", b"Transfer_Encoding: chunked",
        b'Transfer-Encoding: "chunked"', b"Transfer-Encoding: chunked;q=1", b"Transfer-Encoding: CHUNKED",
        b"\x00Transfer-Encoding: chunked", b"Transfer-Encoding\x00: chunked", b"Transfer-Encoding: chunke\x00d",
        b"Transfer-Encoding: \xffchunked", b"Transfer-Encoding:", b"Transfer-Encoding: gzip, chunked")),
    *((f"length: {value!r}", post(b"Content-Length: " + value + b"\r\n", BODY + HIDDEN)) for value in (
        b"+46", b"-1", b"46, 46", b"46, 0", b"0x2e", b"4 6", b"46\r\n 0", b"046", b"46.0", b"46;", b"",
        b"18446744073709551662", b"9223372036854775854", b"4294967342", b"46\x00", b"\x0b46")),
    ("two lengths", post(length(46) + length(0), BODY + HIDDEN)),
    ("two lengths, the same", post(length(46) + length(46), BODY + HIDDEN)),
    ("a length with an underscore", post(b"Content_Length: 0\r\n" + length(46), BODY + HIDDEN)),
    ("a length behind a bare line feed", post(b"X: y\nContent-Length: 0\r\n" + length(46), BODY + HIDDEN)),
    ("a length behind a bare return", post(b"X: y\rContent-Length: 0\r\n" + length(46), BODY + HIDDEN)),
    *((f"chunk size: {size!r}", post(CHUNKED, chunk(BODY, size) + END + HIDDEN)) for size in (
        b"0x2e", b"+2e", b"-2e", b" 2e", b"2e ", b"2e;a=b", b'2e;a="\r\n"', b"2e;\n", b"1000000000000002e",
        b"ffffffffffffffff", b"2e\n", b"2_e", b"0002e", b"", b"2e\x00", b"2e\r", b"2e;" + b"x" * 5000)),
    ("a chunk without its end", post(CHUNKED, b"2e\r\n" + BODY + END + HIDDEN)),
    ("a chunk that ends with two bytes of anything", post(CHUNKED, b"2e\r\n" + BODY + b"XX" + END + HIDDEN)),
    ("line feeds between chunks", post(CHUNKED, b"2e\n" + BODY + b"\n0\n\n" + HIDDEN)),
    ("a trailer that frames", post(CHUNKED, chunk(BODY) + b"0\r\nContent-Length: 40\r\n\r\n" + HIDDEN)),
    ("a trailer that is a request", post(CHUNKED, chunk(BODY) + b"0\r\n" + HIDDEN)),
    ("an end with a sign", post(CHUNKED, chunk(BODY) + b"-0\r\n\r\n" + HIDDEN)),
    ("GET with a body", post(length(len(HIDDEN)), HIDDEN, b"GET /livez HTTP/1.1")),
    ("GET with chunks", post(CHUNKED, chunk(HIDDEN) + END, b"GET /livez HTTP/1.1")),
    ("HEAD with a body", post(length(len(HIDDEN)), HIDDEN, b"HEAD /livez HTTP/1.1")),
    ("OPTIONS with a body", post(length(len(HIDDEN)), HIDDEN, b"OPTIONS * HTTP/1.1")),
    ("POST without a length", post(b"", HIDDEN)),
    ("chunks on HTTP/1.0", post(CHUNKED, chunk(BODY) + END + HIDDEN, b"POST /v1/check HTTP/1.0")),
    ("chunks on HTTP/1.2", post(CHUNKED, chunk(BODY) + END + HIDDEN, b"POST /v1/check HTTP/1.2")),
    ("two hosts", post(b"Host: other\r\n" + length(46), BODY + HIDDEN)),
    ("another authority", post(length(46), BODY + HIDDEN, b"POST http://other/v1/check HTTP/1.1")),
    ("Expect", post(b"Expect: 100-continue\r\n" + length(len(HIDDEN)), HIDDEN, b"GET /livez HTTP/1.1")),
    ("Expect something", post(b"Expect: everything\r\n" + length(46), BODY + HIDDEN)),
    ("an upgrade", post(b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" + length(46), BODY + HIDDEN)),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN.replace(b"Host", b"Connection: close\r\nHost")),
    ("a request line with a tab", post(length(46), BODY + HIDDEN, b"POST\t/v1/check\tHTTP/1.1")),
    ("a request line with two blanks", post(length(46), BODY + HIDDEN, b"POST  /v1/check  HTTP/1.1")),
    ("a target with a line feed", post(length(46), BODY + HIDDEN, b"POST /v1/check\nX: HTTP/1.1")),
    ("a batch in two readings", post(length(4) + CHUNKED, chunk(b'{"checks":[]}' + HIDDEN) + END,
                                     b"POST /v1/checks HTTP/1.1")),
    ("a stream in two readings", post(length(4) + CHUNKED, chunk(BODY + b"\n" + HIDDEN) + END,
                                      b"POST /v1/checks:stream HTTP/1.1")),
]

# What may follow a request on the same connection without being one.
GARBAGE = [b"\x00" * 64, b"\xff\xfe" * 40 + b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
           b"hello\r\n\r\n", b"{}\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b" GET / HTTP/1.1\r\n\r\n",
           b"GET / HTTP/1.1\r\n\r\n", b"A" * 20_000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           b"*1\r\n$4\r\nPING\r\n", b"POST /v1/check HTTP/1.1\r\nHost: g\r\nContent-Length: x\r\n\r\n"]
