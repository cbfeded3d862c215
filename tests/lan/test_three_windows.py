"""A room outlives its host, at the windows of three people: left, taken back, killed, and split in two."""

from __future__ import annotations

from lan.lanlab import Lab
from lan.windows import Opens
from tests.desktop.window_program import PATIENCE_SECONDS

SECRET = "laser lentil taxi inside"


def test_a_room_outlives_its_host_on_three_machines(lab: Lab, opens: Opens) -> None:
    ana, ben, cy = opens("h1", "ana"), opens("h2", "ben"), opens("h3", "cy")
    ana.does("presses", "Start a room")
    ana.does("keys", "Tab", "space", "Tab")  # only with a passphrase: who knows it may keep the room open at once
    ana.does("types", SECRET)
    ana.does("keys", "Return")
    ana.does("presses", "Done")
    for other in (ben, cy):
        other.does("picks", "Ana's room")
        other.does("sees", "You need it only this once")
        other.does("types", SECRET)
        other.does("keys", "Return")
        other.does("sees", "Connected")
    ben.does("says", "Is the kettle on")
    ben.does("sees_state", "Is the kettle on", "✓✓")
    ben.does("keys", "Up")
    ben.does("says", "?")
    cy.does("sees", "Is the kettle on?")
    said = ["Is the kettle on?"]

    # Ana goes home
    ana.does("closes")
    ana.does("presses", "Ben keeps the room open")
    ana.does("presses", "Hand over and close")
    assert ana.process.wait(PATIENCE_SECONDS) == 0
    cy.does("says", "Can we still talk?", "/msg Ben And in secret?")
    ben.does("sees", "You keep it open", "Ana left · You keep the room open now", "Can we still talk?")
    ben.does("sees", "And in secret?")
    cy.does("sees", "Ben keeps it open")
    cy.does("sees_state", "Can we still talk?", "✓✓")
    ben.does("sees_no", "Cy left")  # who said something before being back had not left
    said.append("Can we still talk?")

    # She comes back, and takes it back
    ana = opens("h1", "ana")
    ana.does("sees", "Ben keeps this room open.", "Can we still talk?")
    ana.does("presses", "Take it back")
    ana.does("sees", "You are hosting")
    for other in (ben, cy):
        other.does("sees", "Connected · Ana hosts")
    ana.does("says", "Thank you.")
    ana.does("sees_state", "Thank you.", "✓✓")
    said.append("Thank you.")

    # Her program is gone at once
    ana.is_killed()
    ben.does("sees", "Reconnecting…")
    ben.does("says", "Is Ana gone?")
    cy.does("sees", "Is Ana gone?")
    ben.does("sees_state", "Is Ana gone?", "✓✓")
    ana = opens("h1", "ana")
    ana.does("sees", "keeps this room open.", "Is Ana gone?")
    ana.does("presses", "Take it back")
    ana.does("sees", "You are hosting")
    for other in (ben, cy):
        other.does("sees", "Connected · Ana hosts")
    said.append("Is Ana gone?")

    # The network falls apart, and everybody goes on talking
    lab.split("h1")
    ana.does("says", "I am alone.")
    ana.does("sees", "Here — 1")
    ben.does("says", "We are two.")
    cy.does("sees", "We are two.")
    cy.does("says", "So we are.")
    ben.does("sees", "So we are.")
    lab.join("h1")
    for person in (ana, ben, cy):
        person.does("sees", "I am alone.", "We are two.", "So we are.", "Here — 3")
    ana.does("sees_state", "I am alone.", "✓✓")
    ben.does("sees_state", "We are two.", "✓✓")
    for person in (ana, ben, cy):
        person.does("has_said", *said, "We are two.", "So we are.", "I am alone.")
