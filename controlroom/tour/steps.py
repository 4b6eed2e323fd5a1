"""Takes the walk's steps in their order, and ends the walk."""

import sys
import time

from controlroom.tour import (
    camera_steps,
    chair_steps,
    deployment_steps,
    incident_steps,
    live_steps,
    register_steps,
    room_steps,
)
from controlroom.tour.driver import TourStuck
from controlroom.tour.walk import Walk

STEPS = (
    live_steps.sixteen_live,
    live_steps.find_by_number,
    live_steps.enlarge_and_pan,
    live_steps.control_taken_over,
    live_steps.show_a_place,
    live_steps.preset,
    live_steps.log_line,
    incident_steps.open_from_tile,
    incident_steps.to_submitted,
    incident_steps.log_page,
    incident_steps.approve,
    incident_steps.restricted,
    deployment_steps.timeline,
    deployment_steps.bid,
    deployment_steps.decision,
    deployment_steps.to_live,
    chair_steps.meeting_that_ended_it,
    chair_steps.told_every_day,
    chair_steps.nobody_makes_it_live,
    room_steps.deployed_camera,
    room_steps.add_a_camera,
    camera_steps.change_a_camera,
    register_steps.import_a_file,
    register_steps.ask_a_range,
    room_steps.audit_and_processes,
    room_steps.settings,
    room_steps.lists,
    room_steps.doctor,
    room_steps.from_anywhere,
    room_steps.accounts,
    room_steps.lock_and_switch,
    room_steps.notifications,
    room_steps.fault_report,
    room_steps.light_theme,
    room_steps.small_screen,
)


def take_the_tour(walk: Walk) -> int:
    """Take every step; returns 0, or 1 when the walk got stuck (what it saw until then is saved)."""
    window = walk.desk.window
    window.activateWindow()  # without a window manager nobody else gives it the keyboard
    try:
        walk.driver.wait(window.isActiveWindow, "the window to have the keyboard")
        for take in STEPS:
            take(walk)
    except TourStuck as stuck:
        print(f"The tour got stuck: {stuck}. The last picture is {walk.picture('stuck')}.", file=sys.stderr)
        return 1
    seconds, facts = time.monotonic() - walk.started, walk.facts
    print(
        f"Tour of {len(walk.steps)} steps in {seconds:.0f} s: {facts['tiles_live']} of {facts['tiles_total']} tiles "
        f"live, the scene moved {facts['scene_shift_px']} px, {facts['incident']}, {facts['bid']}, "
        f"{facts['deployment']} live. Pictures and tour.json are in {walk.folder}."
    )
    return 0
