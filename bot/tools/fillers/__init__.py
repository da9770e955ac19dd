"""Values that are put into the sentence templates: people, places, work, money, time.

Every filler returns text with its spans marked the way Rasa marks them: ``[一天两百](pay)``.
"""
