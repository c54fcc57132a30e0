import sys
import urllib.request

# It does not follow the 307 of a POST, so it is a GET.
(url,) = sys.argv[1:]
with urllib.request.urlopen(url) as answer:
    print(answer.read().decode())
