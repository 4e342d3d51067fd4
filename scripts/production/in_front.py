"""Runs nginx with its file of docs/production in front of a program, until standard input ends. Prints its port and the
certificate that is to be trusted."""

import sys

sys.dont_write_bytecode = True

from processes import main, needed
from proxies import Nginx, certificates


def work(processes):
    needed("nginx", "openssl")
    chain, _, _ = certificates(processes)
    proxy = Nginx(processes, f"127.0.0.1:{sys.argv[1]}")
    proxy.start()
    print(proxy.address[1], chain, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(work)
