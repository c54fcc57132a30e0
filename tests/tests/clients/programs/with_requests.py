import sys

import requests

url, body = sys.argv[1:]
answer = requests.post(url, data=body)
answer.raise_for_status()
print(answer.text)
