"""What a password costs whoever guesses it."""

from argon2 import PasswordHasher, extract_parameters

from controlroom.accounts import passwords


def test_hashes_are_made_with_the_reference_parameters(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    made = extract_parameters(passwords.hash_password("three random words"))
    assert (made.memory_cost, made.time_cost) == (65536, 3)


def test_a_hash_of_weaker_days_is_renewed_when_its_person_signs_in(tmp_path, monkeypatch):
    from controlroom.accounts.records import Role
    from controlroom.accounts.tables import UserRow
    from tests.builders import PASSWORD, make_room

    room = make_room(tmp_path)
    room.accounts.add(room.administrator, "night", "Operator 11", PASSWORD, {Role.OPERATOR})

    def stored() -> str:
        with room.database.read() as session:
            return session.query(UserRow).filter_by(login="night").one().password_hash

    before = stored()
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    room.sign_in.sign_in("night", PASSWORD)
    assert extract_parameters(before).memory_cost == 64
    assert extract_parameters(stored()).memory_cost == 128
    room.sign_in.sign_in("night", PASSWORD)
