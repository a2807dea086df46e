"""What a customer agrees to about an account, for programs; saying the same again changes nothing."""

from engine.agreeing import Consent, agree_margin, charge_cash
from engine.contributions.standing import standing
from web.api.asked import Asked, Reply
from web.api.bodies import AgreementBody, ChargeCashBody
from web.api.money import line_answers
from web.api.people import ownership_answer
from web.asking import changing


def put_agreement(asked: Asked) -> Reply:
    """PUT /customers/{reference}/accounts/{account}/agreement."""
    body, handle = asked.body_as(AgreementBody), asked.path["account"]
    with changing(asked.services, asked.reference) as house:
        consent = Consent(house.customer, handle, body.agreed, asked.person)
        agree_margin(house.work, consent, asked.services.market, house.day)
        found = standing(house.work, house.customer, house.day)
        return Reply(next(ownership_answer(one) for one in found.accounts if one.handle == handle))


def put_charge_cash(asked: Asked) -> Reply:
    """PUT /customers/{reference}/accounts/{account}/charge-cash."""
    body, handle = asked.body_as(ChargeCashBody), asked.path["account"]
    with changing(asked.services, asked.reference) as house:
        charge_cash(house.work, Consent(house.customer, handle, body.charge_cash, asked.person))
        return Reply(next(one for one in line_answers(house) if one.account == handle))
