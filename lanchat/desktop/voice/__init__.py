"""Voice messages: recorded for the composer, and played in a conversation. Where no sound library is, they are not
offered, and those of others are played by a program of the system.

Belongs here: recording and playing. Does not belong here: what is in a WAV file (`storage.wave_files`), how an
attachment is sent (composer, engine) and how its card looks in the conversation (timeline).

    sound_library  the library `sounddevice`, which is optional, and what lanchat asks of it
    recording      Recording: what the microphone hears, at most five minutes, as a WAV file
    voice_player   VoicePlayer: plays one file at a time
    record_bar     the bar in the composer while something is recorded
"""
