"""Pairing codes by virtual time: eight digits, one use, three minutes, few tries, and words for each that is refused."""

import pytest

from stage.panel.guessing import TRIES_A_MINUTE
from stage.panel.pairing_codes import LASTS_S, TRIES_IN_ALL, PairingCodes
from stage.panel.refusals import Refused


class Clock:
    now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def codes(clock):
    return PairingCodes(clock)


def refusal(codes, digits, address="a"):
    with pytest.raises(Refused) as refused:
        codes.use(digits, address)
    return refused.value


def other_than(*made):
    return next(f"{number:08}" for number in range(10) if f"{number:08}" not in {one.digits for one in made})


def test_a_code_has_eight_digits_and_gives_its_role_once(codes):
    made = codes.make("operator")
    assert len(made.digits) == 8
    assert made.digits.isdecimal()
    assert codes.use(made.digits, "a") == "operator"
    assert refusal(codes, made.digits).refusal.reason == "code_used"


@pytest.mark.parametrize("form", ["{0} {1}", "{0}-{1}", " {0}{1} ", "{0}\u202f{1}"])
def test_a_code_is_known_as_people_type_it(codes, form):
    digits = codes.make("director").digits
    assert codes.use(form.format(digits[:4], digits[4:]), "a") == "director"


def test_full_width_digits_are_digits(codes):
    digits = codes.make("director").digits
    assert codes.use("".join(chr(ord("０") + int(one)) for one in digits), "a") == "director"


@pytest.mark.parametrize("given", ["", "1234567", "123456789", "1234567x", "١٢٣٤٥٦٧٨", "1" * 100_000, "\x00" * 8])
def test_what_is_no_code_is_no_try(codes, given):
    assert refusal(codes, given).refusal.reason == "code_malformed"
    for _ in range(TRIES_A_MINUTE):
        refusal(codes, given)
    assert codes.use(codes.make("viewer").digits, "a") == "viewer"


def test_a_code_expires_and_says_so(codes, clock):
    made = codes.make("director")
    clock.now_s += LASTS_S - 0.1
    assert codes.left_s(made) == pytest.approx(0.1)
    clock.now_s += 0.2
    assert codes.left_s(made) == 0.0
    assert codes.waiting() == ()
    assert refusal(codes, made.digits).refusal.reason == "code_expired"


def test_a_new_code_takes_the_place_of_one_for_the_same_role_alone(codes):
    first, operator = codes.make("director"), codes.make("operator")
    second = codes.make("director")
    assert refusal(codes, first.digits).refusal.reason == "code_replaced"
    assert codes.use(operator.digits, "b") == "operator"
    assert codes.use(second.digits, "b") == "director"


def test_an_address_has_five_tries_a_minute_whatever_it_tries(codes, clock):
    made = codes.make("director")
    for _ in range(TRIES_A_MINUTE):
        assert refusal(codes, other_than(made)).refusal.reason == "code_wrong"
        clock.now_s += 1.0
    refused = refusal(codes, made.digits)
    assert (refused.status, refused.refusal.reason) == (429, "pairing_too_often")
    assert refused.headers["Retry-After"] == "55"
    assert codes.use(made.digits, "another") == "director"
    clock.now_s += 55.0
    assert codes.use(codes.make("viewer").digits, "a") == "viewer"


def test_after_twenty_wrong_codes_from_anywhere_all_that_wait_are_void(codes):
    made = codes.make("director"), codes.make("operator")
    reasons = [refusal(codes, other_than(*made), f"address {number // 4}").refusal.reason for number in range(20)]
    assert reasons == ["code_wrong"] * (TRIES_IN_ALL - 1) + ["codes_void"]
    assert refusal(codes, made[0].digits, "z").refusal.reason == "code_void"
    again = codes.make("director")
    assert refusal(codes, other_than(again, *made), "z").refusal.reason == "code_wrong"
    assert codes.use(again.digits, "z") == "director"


def test_thousands_of_addresses_take_no_memory_and_find_nothing(codes):
    made = codes.make("director")
    for number in range(1000):
        refusal(codes, other_than(made), f"address {number}")
    assert len(codes._tries._tries) <= 512
    assert codes.waiting() == ()
