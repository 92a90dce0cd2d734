"""The director's page on the live demo, in a real browser by touch."""


def test_smoke(tablet):
    made = tablet()
    page = made.open("/")
    page.wait_for_selector("[data-parameter='/grade/exposure_stops'] .value")
    made.shot("foundation")
    print(page.inner_text("body"))
    print(made.faults())
