import asyncio
import sys

import aiohttp


async def main(url: str, body: str) -> None:
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as answer:
        answer.raise_for_status()
        print(await answer.text())


asyncio.run(main(*sys.argv[1:]))
