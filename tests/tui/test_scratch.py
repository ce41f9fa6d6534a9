import time, pytest
@pytest.mark.parametrize("i", range(5))
async def test_x(explore, i):
    t=time.time()
    async with explore() as user:
        a=time.time()
        await user.press("down","down")
        b=time.time()
        await user.type("61*2")
        c=time.time()
        print("start",a-t,"2 keys",b-a,"4 keys",c-b, user.row, user.parameters._bindings.key_to_bindings.keys())
        print(user.shown if i==4 else "")
    print("stop", time.time()-c)
