"""Prints the code and the message of the status of a call."""

import sys

import grpc

address, path = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    call = channel.unary_unary(path)
    try:
        call(b"")
        print("OK")
    except grpc.RpcError as error:
        print(error.code().name, error.details())
